

   undefined