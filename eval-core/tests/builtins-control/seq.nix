with builtins;
[
  (seq 1 2)
  (seq { a = throw "unused"; } 3)
  (seq [ (throw "unused") ] 4)
  (deepSeq { a = [ 1 { b = 2; } ]; } 5)
  (deepSeq (x: throw "unused") 6)
  (tryEval (deepSeq { a = throw "deep"; } 1)).success
  (tryEval (seq (throw "shallow") 1)).success
  (let x = { self = x; v = 1; }; in deepSeq x x.v)
]
