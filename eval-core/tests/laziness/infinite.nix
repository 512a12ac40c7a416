let
  from = n: { head = n; tail = from (n + 1); };
  take = n: l: if n == 0 then [ ] else [ l.head ] ++ take (n - 1) l.tail;
  primes = let sieve = l: { inherit (l) head; tail = sieve (without l.head l.tail); }; in sieve (from 2);
  without = p: l: if l.head / p * p == l.head then without p l.tail else { inherit (l) head; tail = without p l.tail; };
  knot = { a = 1; b = knot.a + 1; c = knot; };
in
[ (take 5 (from 3)) (take 10 primes) knot.c.c.c.b ]
