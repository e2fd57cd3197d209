select
    max(committed_at) as last_commit_in_the_shop,
    now() as made_at,
    date_diff('millisecond', max(committed_at), now()) / 1000.0 as seconds_behind,
from {{ ref('stg_orders') }}
