-- epoch
-- The lease's epoch: whoever holds another one writes nothing.
SELECT epoch FROM lease WHERE id = 1;

-- take_lease
-- The next epoch begins.
UPDATE lease SET epoch = epoch + 1, holder = :holder, since = :now WHERE id = 1;
