-- Nested prefixes as disjoint ranges of numbers filled up to 13 digits, each with its longest prefix.
CREATE TEMP TABLE prefixes AS
SELECT DISTINCT
    prefix,
    rpad(prefix, 13, '0')::BIGINT AS from_number,
    (prefix::BIGINT + 1) * (10 ** (13 - length(prefix)))::BIGINT AS to_number
FROM deck;

CREATE TEMP TABLE edges AS
SELECT DISTINCT unnest([from_number, to_number]) AS edge FROM prefixes;

CREATE TEMP TABLE ranges AS
SELECT edge, arg_max(p.prefix, length(p.prefix)) AS prefix
FROM edges
LEFT JOIN (FROM range(1, 11) AS t(digits)) ON true
LEFT JOIN prefixes AS p ON p.prefix = left(lpad(edge::VARCHAR, 13, '0'), digits::INTEGER)
GROUP BY edge;

CREATE TEMP TABLE rated AS
WITH found AS (
    SELECT c.number, c.started_at, r.prefix, (c.talk_ms + 999) // 1000 AS talk_s
    FROM calls AS c
    ASOF LEFT JOIN ranges AS r ON c.called::BIGINT >= r.edge
),
timed AS (
    SELECT
        f.number, f.talk_s, d.destination, d.prefix, d.blocked, d.connect_fee, d.rate_per_min,
        d.initial_increment_s + greatest(
            0, (f.talk_s - d.initial_increment_s + d.increment_s - 1) // d.increment_s * d.increment_s
        ) AS billed_s,
        f.talk_s > 0 AND d.prefix IS NOT NULL AND NOT d.blocked AS due
    FROM found AS f
    LEFT JOIN deck AS d
        ON f.prefix = d.prefix
        AND (d.effective_from IS NULL OR f.started_at >= d.effective_from)
        AND (d.effective_to IS NULL OR f.started_at < d.effective_to)
),
priced AS (
    -- In units of 10^-9; rounded half up to 10^-6.
    SELECT *, (rate_per_min * 1000000000)::BIGINT * billed_s + (connect_fee * 1000000000)::BIGINT * 60 AS sixtieths
    FROM timed
)
SELECT
    number, destination, prefix,
    CASE WHEN due THEN billed_s WHEN talk_s = 0 THEN 0 END AS billed_s,
    (CASE
        WHEN due THEN (2 * sixtieths + 60000) // 120000
        WHEN talk_s = 0 THEN 0
    END * 0.000001::DECIMAL(7, 6))::DECIMAL(38, 9) AS charge,
    'EUR' AS currency,
    CASE WHEN talk_s > 0 THEN CASE WHEN prefix IS NULL THEN 'no_rate' WHEN blocked THEN 'blocked' END END AS unrated
FROM priced;
