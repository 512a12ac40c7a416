map builtins.parseDrvName [ "nix-0.12pre12876" "hello" "a-b-c-1.0" "a-1b-2" "-1" "" "a-" "a--1" "a-b1" "name-é" "x-1-y-2" "1-2" ]
