select orders from {{ ref('counts') }}
