/**
 * What is asked of Redis, each question one step there. A viewer is one hash, whose key holds the hashed identity as its
 * tag, so that a Cluster keeps all of a viewer on one server:
 *
 *     @            whose turn it is: writer, token, until when by the clock of Redis (ms)
 *     <ad>         an exposure: see entries.ts
 */
export const keyOfViewer = (identity: string): string => `cuepoint:viewer:{${identity}}`;

/** A viewer with more exposures than this is none: nothing that is capped is shown to it. */
const MOST_EXPOSURES = 2000;
/** From here on what has had its day is cleared away at each write. */
const CLEAR_FROM = 16;

/**
 * Takes the viewer's turn and says what is known of them. Answers 0 while it is another's turn, -1 when there is too much to
 * say. A node takes over from itself: what it decided before is in its own counts.
 *
 * ARGV: writer, token, how long the turn lasts (ms).
 */
export const BEGIN_TURN = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local turn = redis.call('HGET', KEYS[1], '@')
if turn then
  local writer, ends = string.match(turn, '^(%x+) %w+ (%d+)$')
  if writer ~= ARGV[1] and tonumber(ends) > now then return 0 end
end
if redis.call('HLEN', KEYS[1]) > ${MOST_EXPOSURES} then return -1 end
redis.call('HSET', KEYS[1], '@', ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. string.format('%d', now + ARGV[3]))
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return redis.call('HGETALL', KEYS[1])`;

/**
 * Writes exposures, and ends the turn of a token. What was seen stays seen, whoever reports it again. Answers how many were
 * new.
 *
 * ARGV: writer, token or '-', now by the clock of the node (ms), how long the viewer is remembered (ms), then names of ads
 * and entries in turn.
 */
export const WRITE_EXPOSURES = `
local key = KEYS[1]
local turn = redis.call('HGET', key, '@')
if turn and ARGV[2] ~= '-' then
  local writer, token = string.match(turn, '^(%x+) (%w+) %d+$')
  if writer == ARGV[1] and token == ARGV[2] then redis.call('HDEL', key, '@') end
end
if #ARGV < 6 then return 0 end
if redis.call('HLEN', key) >= ${CLEAR_FROM} then
  local function number(text)
    return tonumber(text, 36)
  end
  local all = redis.call('HGETALL', key)
  local now = tonumber(ARGV[3])
  for at = 1, #all, 2 do
    local lasts, made = string.match(all[at + 1], '^[rs](%w+) (%w+) ')
    if lasts and number(made) + number(lasts) * 1000 < now then redis.call('HDEL', key, all[at]) end
  end
end
local added = 0
for at = 5, #ARGV, 2 do
  local known = redis.call('HGET', key, ARGV[at])
  if not known or string.sub(known, 1, 1) ~= 's' then
    redis.call('HSET', key, ARGV[at], ARGV[at + 1])
    added = added + 1
  end
end
if redis.call('PTTL', key) < tonumber(ARGV[4]) then redis.call('PEXPIRE', key, ARGV[4]) end
return added`;
