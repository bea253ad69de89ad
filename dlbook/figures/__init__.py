"""Figures: they take numbers and return a matplotlib Figure in the book's one style."""

from dlbook.figures.curves import curves
from dlbook.figures.descent_paths import descent_paths
from dlbook.figures.computational_graph import computational_graph, graph_passes
from dlbook.figures.scatter import scatter
from dlbook.figures.boundary import boundary, moving_boundary
from dlbook.figures.decision_regions import decision_regions
from dlbook.figures.moving_plane import moving_plane
from dlbook.figures.simplex_maps import simplex_maps
from dlbook.figures.image_grid import image_grid
from dlbook.figures.rank_changes import rank_changes
from dlbook.figures.nested_sets import nested_sets
from dlbook.figures.labelled_grids import labelled_grids
from dlbook.figures.curve_panels import curve_panels
from dlbook.figures.moving_points import moving_points
from dlbook.figures.moving_clouds import moving_clouds
from dlbook.figures.moving_curves import moving_curves
from dlbook.figures.moving_fit import moving_fit
from dlbook.figures.moving_paths import moving_paths
from dlbook.figures.moving_window import moving_window
from dlbook.figures.moving_cells import moving_cells
from dlbook.figures.gradient_flow import gradient_flow
from dlbook.figures.gradient_flow_panels import gradient_flow_panels
from dlbook.figures.dot_rows import dot_rows
from dlbook.figures.confusion_matrix import confusion_matrix
from dlbook.figures.timelines import timelines

__all__ = [
    "curves",
    "descent_paths",
    "scatter",
    "boundary",
    "moving_boundary",
    "decision_regions",
    "moving_plane",
    "simplex_maps",
    "image_grid",
    "rank_changes",
    "computational_graph",
    "graph_passes",
    "nested_sets",
    "labelled_grids",
    "curve_panels",
    "moving_points",
    "moving_clouds",
    "moving_curves",
    "moving_fit",
    "moving_paths",
    "moving_window",
    "moving_cells",
    "gradient_flow",
    "gradient_flow_panels",
    "dot_rows",
    "confusion_matrix",
    "timelines",
]
