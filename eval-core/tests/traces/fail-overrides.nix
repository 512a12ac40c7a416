rec {
  __overrides = { a = 1; } // (throw "overrides");
}
