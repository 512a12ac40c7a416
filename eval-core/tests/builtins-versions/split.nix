map builtins.splitVersion [ "1.2.3" "1.2pre3" "" "abc" "1..2" "1-2_3" ".1." "1a2b" "2.3.1-rc1" "é1" ]
