-- Copies one page of this server's keys, with their times to live, to another server.
-- Arguments: cursor, host, port, database, the other server's password. Answers with the next
-- cursor, "0" after the last page, and the number of keys copied.
local page = redis.call('SCAN', ARGV[1], 'COUNT', 500)
if #page[2] > 0 then
    redis.call('MIGRATE', ARGV[2], ARGV[3], '', ARGV[4], 60000, 'COPY', 'REPLACE',
        'AUTH', ARGV[5], 'KEYS', unpack(page[2]))
end
return page[1] .. ' ' .. #page[2]
