"raw text\n\t\"quoted\" ${"é"}"
