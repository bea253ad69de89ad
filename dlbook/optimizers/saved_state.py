"""What a file says about the state of an optimizer, beside the numbers."""

import warnings

import numpy as np

OWNER = "owner"


class SavedState:
    """Stores whose state it is, and takes no state of another rule.

    Keras stores variables by their place: "0", "1", ... Here one more entry, "owner",
    names the rule, what it keeps and what Keras keeps beside it, as UTF-8 bytes.
    """

    def _owner(self):
        options = ("use_ema", "gradient_accumulation_steps")
        options = [option for option in options if getattr(self, option)]
        # The rule is the step: what Adam kept is also AdamW's, which inherits it.
        return f"{type(self).step.__qualname__} {[*self.kept, *options]}"

    def save_own_variables(self, store):
        """Stores the variables and whose they are; Keras calls it on saving."""
        super().save_own_variables(store)
        store[OWNER] = np.frombuffer(self._owner().encode(), "uint8")

    def load_own_variables(self, store):
        """Takes the variables if they are this rule's; Keras calls it on loading."""
        variables = {key: store[key] for key in store.keys() if key != OWNER}  # noqa: SIM118
        owner = "an optimizer that is not named"
        if len(variables) < len(store.keys()):
            owner = bytes(np.asarray(store[OWNER])).decode()
        if owner == self._owner():
            return super().load_own_variables(variables)
        warnings.warn(
            f"Skipping variable loading for optimizer {self.name!r}, because the saved "
            f"state is that of {owner}, and this one needs {self._owner()}.",
            stacklevel=2,
        )
