with builtins;
[
  (findFile [ { prefix = ""; path = ./found; } ] "x.txt")
  (findFile [ { prefix = "p"; path = ./found; } ] "p/x.txt")
  (findFile [ { prefix = "p"; path = ./found; } ] "p")
  (findFile [ { prefix = ""; path = ./nope; } { prefix = ""; path = ./found; } ] "x.txt")
  (findFile [ { prefix = ""; path = toString ./found; } ] "x.txt")
  (tryEval (findFile [ ] "x.txt")).success
  (tryEval (findFile [ { prefix = "q"; path = ./found; } ] "p/x.txt")).success
  (map (e: { inherit (e) prefix; found = pathExists e.path; }) nixPath)
]
