// Random numbers that a seed repeats: the generator mulberry32, whose 32 bits of state
// are enough to shuffle a deck.
"use strict";

{
  function generator(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let bits = Math.imul(state ^ (state >>> 15), state | 1);
      bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
      return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  // Fisher and Yates: every order is equally likely.
  function shuffled(items, random) {
    const drawn = [...items];
    for (let last = drawn.length - 1; last > 0; last--) {
      const place = Math.floor(random() * (last + 1));
      [drawn[last], drawn[place]] = [drawn[place], drawn[last]];
    }
    return drawn;
  }

  const newSeed = () => Math.floor(Math.random() * 1e6);
  window.study.random = { generator, shuffled, newSeed };
}
