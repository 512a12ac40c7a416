[
  <found>
  <found/file.nix>
  <thing.nix>
  (import <found/inner>)
  (import <thing.nix>)
  (builtins.tryEval <nope>).success
  (builtins.tryEval <found/nope>).success
  (let __nixPath = [ { prefix = "p"; path = ./found; } ]; in <p/file.nix>)
  (let __nixPath = [ ]; in (builtins.tryEval <found>).success)
  (let __findFile = path: name: name; in <any/thing>)
]
