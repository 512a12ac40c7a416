"found/file"
