{
  ints = [ (1 < 2) (2 < 1) (1 <= 1) (1 > 1) (2 >= 1) ];
  mixed = [ (1 < 1.5) (1.5 < 2) (2 <= 2.0) (1.0 > 0) ];
  strings = [ ("a" < "b") ("" < "a") ("a" < "aa") ("Z" < "a") ("é" > "z") ("a" <= "a") ];
  lists = [ ([ 1 2 ] < [ 1 3 ]) ([ ] < [ 1 ]) ([ 1 ] < [ ]) ([ 1 ] < [ 1 0 ]) ([ "a" 1 ] <= [ "a" 1 ]) ([ [ 1 ] ] < [ [ 2 ] ]) ];
  firstDifferenceDecides = [ 1 (throw "unused") ] < [ 2 (throw "unused") ];
  paths = [ (/a < /b) (/b <= /a) ];
  nan = let inf = 1.0e308 * 10; nan = inf - inf; in [ (nan < 1) (nan > 1) (nan <= nan) (nan >= nan) ];
}
