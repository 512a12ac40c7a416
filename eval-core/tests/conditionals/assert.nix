[
  (assert true; 1)
  (assert 1 < 2; assert 2 < 3; "both")
  (builtins.tryEval (assert false; 1))
  (builtins.tryEval (assert true; 1))
]
