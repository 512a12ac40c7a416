[ ./. ./x (import ../dir).from __curPos.file ]
