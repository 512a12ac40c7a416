let f = n: s: s.a.${n 1}.b.${n 2} or 1; in f (x: if x == 1 then 5 else "ok") { a = { }; }
