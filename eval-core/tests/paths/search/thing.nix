"search"
