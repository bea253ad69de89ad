// Loads the frames of an animation when the reader comes near it.
"use strict";

{
  function load(player) {
    const script = document.createElement("script");
    script.src = player.dataset.frames;
    document.head.append(script);
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        load(target);
      }
    },
    { rootMargin: "100%" },
  );
  document.querySelectorAll("[data-frames]").forEach((player) => near.observe(player));
}
