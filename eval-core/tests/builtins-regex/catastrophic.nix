# Answered at once: what was tried at a position is remembered.
[
  (builtins.match "(a*)*b" "aaaaaaaaaaaaaaaa")
  (builtins.match "(a|a)*b" "aaaaaaaaaaaaaaaa")
]
