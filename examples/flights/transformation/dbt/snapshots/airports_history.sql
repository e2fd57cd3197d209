{% snapshot airports_history %}
{{ config(strategy='check', unique_key='airport', check_cols=['name', 'city', 'state'], target_schema='main') }}
select airport, name, city, state from {{ ref('stg_airports') }}
{% endsnapshot %}
