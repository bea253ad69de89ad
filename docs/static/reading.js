// How far the reader has come: a line at the top of a chapter, a word on the map.
"use strict";

{
  const KEY = "dlbook-reading"; // {chapter: the furthest share seen, 0 to 1}

  // A browser may forbid pages to store anything; then nothing is remembered.
  function seen() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  }

  function remember(chapter, share) {
    const shares = seen();
    if (!(share > (shares[chapter] ?? 0))) return;
    shares[chapter] = share;
    try {
      localStorage.setItem(KEY, JSON.stringify(shares));
    } catch {}
  }

  const name = (path) => path.match(/chapters\/([^/#]+)\.html/)?.[1];

  // The share of the text that has passed the window's lower edge.
  function share(article) {
    const { top, height } = article.getBoundingClientRect();
    return Math.min(1, Math.max(0, (innerHeight - top) / height));
  }

  function follow(article, chapter) {
    const bar = document.createElement("div");
    bar.className = "reading-bar";
    bar.ariaHidden = "true";
    document.body.append(bar);
    const update = () => {
      const now = share(article);
      bar.style.width = `${100 * now}%`;
      remember(chapter, Number(now.toFixed(3)));
    };
    for (const event of ["scroll", "resize", "load"]) addEventListener(event, update);
  }

  function mark(item, shares) {
    const share = shares[name(item.querySelector("a").href)] ?? 0;
    if (share < 0.05) return;
    const word = share > 0.97 ? "✓ read" : `${Math.round(100 * share)} % read`;
    item.querySelector(".chapter-facts").append(` · ${word}`);
  }

  const chapter = name(location.pathname);
  const article = document.querySelector("article.bd-article");
  if (chapter && article) follow(article, chapter);
  const shares = seen();
  document.querySelectorAll(".chapter-map li").forEach((item) => mark(item, shares));
}
