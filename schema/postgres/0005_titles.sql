-- Searches by the words of titles: what has a word in its title comes before all that only speaks of it, so where many
-- books have a word, those with it in their titles are enough to rank. The last lexeme is the category, as in `search`.
CREATE INDEX books_by_title_words ON books USING gin ((
    to_tsvector('english', title) || to_tsvector('simple', title) || array_to_tsvector(ARRAY['#' || md5(category)])
)) WITH (fastupdate = off);
CREATE INDEX popular_books_by_title_words ON books USING gin ((
    to_tsvector('english', title) || to_tsvector('simple', title) || array_to_tsvector(ARRAY['#' || md5(category)])
)) WITH (fastupdate = off) WHERE tier >= 3;

-- What a search costs is estimated by the steps it might take. Compiling the statement, or starting other processes for
-- it, takes longer than the steps it does take.
ALTER ROLE books SET jit = off;
ALTER ROLE books SET max_parallel_workers_per_gather = 0;
