SELECT quarter_at::DATE AS day, *
FROM (
    SELECT
        make_timestamptz(epoch_us(started_at) // 900000000 * 900000000) AS quarter_at,
        customer, carrier, destination, currency,
        count(*)::BIGINT AS attempts,
        count(answered_at)::BIGINT AS answers,
        coalesce(sum(talk_ms), 0)::BIGINT AS talk_ms,
        coalesce(sum(billed_s), 0)::BIGINT AS billed_s,
        coalesce(sum(charge), 0)::DECIMAL(38, 9) AS charge,
        count(charge)::BIGINT AS charged,
        count(unrated)::BIGINT AS unrated,
        coalesce(sum(pdd_ms), 0)::BIGINT AS pdd_ms,
        count(pdd_ms)::BIGINT AS pdd_calls,
        count(*) FILTER (answered_at IS NOT NULL AND dtmf_digits IS NOT NULL)::BIGINT AS dtmf_known,
        count(*) FILTER (answered_at IS NOT NULL AND dtmf_digits > 0)::BIGINT AS dtmf_answers,
        count(*) FILTER (answered_at IS NOT NULL AND talk_ms <= 6000)::BIGINT AS short_answers,
        count(*) FILTER (outcome IN ('answered', 'busy', 'no_answer', 'cancelled', 'rejected'))::BIGINT AS effective,
        count(*) FILTER (sip_code BETWEEN 300 AND 399)::BIGINT AS redirects,
        count(*) FILTER (sip_code IN (200, 480, 486, 600, 603))::BIGINT AS sessions_effective,
        count(*) FILTER (sip_code IN (408, 500, 503, 504))::BIGINT AS ineffective,
        0::BIGINT AS seizures,
        0::BIGINT AS seizure_answers,
        0::BIGINT AS seizure_talk_ms,
        0::BIGINT AS seizure_billed_s,
        0::DECIMAL(38, 9) AS cost,
        0::BIGINT AS costed,
        0::BIGINT AS seizure_unrated,
        0::BIGINT AS seizure_pdd_ms,
        0::BIGINT AS seizure_pdds,
        0::BIGINT AS seizure_short_answers,
        0::BIGINT AS seizure_effective,
        0::BIGINT AS seizure_redirects,
        0::BIGINT AS seizure_sessions_effective,
        0::BIGINT AS seizure_ineffective
    FROM read_parquet('{calls}')
    GROUP BY ALL
)
