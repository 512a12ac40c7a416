{ "a b"."5" = throw "x"; }."a b"."5"
