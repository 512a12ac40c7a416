let f = n: s: (s.a.${n}.b.${s.d.c.${n}.${n}} or 5) - 1; in f "l" { a.l.b = { }; d.c = throw "inner"; }
