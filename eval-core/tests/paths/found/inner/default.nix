"found/inner"
