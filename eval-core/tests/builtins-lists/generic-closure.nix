with builtins;
let
  keys = map (x: x.key);
  closure = start: next: genericClosure { startSet = start; operator = next; };
in
{
  empty = closure [ ] (throw "unused");
  chain = keys (closure [ { key = 0; } ] (x: if x.key < 5 then [ { key = x.key + 1; } ] else [ ]));
  breadthFirst = keys (closure [ { key = 1; } ] (x: if x.key < 8 then [ { key = x.key * 2; } { key = x.key * 2 + 1; } ] else [ ]));
  firstKeyWins = closure [ { key = 1; v = "first"; } { key = 1; v = "second"; } ] (x: [ { key = 1; v = "third"; } ]);
  numbers = keys (closure [ { key = 1; } { key = 1.0; } { key = 2.5; } ] (x: [ ]));
  strings = keys (closure [ { key = "b"; } ] (x: [ { key = "a"; } { key = "b"; } ]));
  lists = keys (closure [ { key = [ 1 "a" ]; } ] (x: [ { key = [ 1 "a" ]; } { key = [ 1 "b" ]; } ]));
  paths = keys (closure [ { key = /a; } ] (x: [ { key = /a; } { key = /b; } ]));
  otherAttrsAreLazy = keys (closure [ { key = 1; v = throw "unused"; } ] (x: [ ]));
}
