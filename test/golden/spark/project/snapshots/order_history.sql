{% snapshot order_history %}
{{ config(strategy='check', unique_key='id', check_cols=['amount'], target_schema=target.schema) }}
select id, amount from {{ ref('orders') }}
{% endsnapshot %}
