{% snapshot orders_snapshot %}
{{
  config(
    target_schema='snapshots',
    unique_key='id',
    strategy='check',
    check_cols=['status', 'amount_cents']
  )
}}
select * from {{ source('crm', 'orders') }}
{% endsnapshot %}
