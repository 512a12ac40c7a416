let n = "a b"; in { "a b".c = throw "x"; }.${n}.c
