{#- The first version of a snapshot: every row of the query, valid from now on. -#}
{% macro build_snapshot_table(strategy, sql) -%}
  {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}
{%- endmacro %}
{% macro default__build_snapshot_table(strategy, sql) %}
  {%- set names = snapshot_meta_columns() -%}
  select *,
    {{ strategy.scd_id }} as {{ names.dbt_scd_id }},
    {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
    {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
    {{ get_dbt_valid_to_current(strategy, names) }}
    {%- if strategy.hard_deletes == 'new_record' %},
    'False' as {{ names.dbt_is_deleted }}
    {%- endif %}
  from (
    {{ sql }}
  ) as first_rows
{% endmacro %}

{#- Rows to begin (insert) and to end (update, delete), told apart by dbt_change_type. -#}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{%- endmacro %}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {%- set names = snapshot_meta_columns() -%}
  {%- set keys = strategy.unique_key -%}
  {%- set keeps_deletions = strategy.hard_deletes == 'new_record' -%}
  {%- set ends_deleted = keeps_deletions or strategy.hard_deletes == 'invalidate' -%}
  {%- set was_deleted = 'snapshotted_data.' ~ names.dbt_is_deleted ~ " = 'True'" -%}
  with snapshot_query as (
    {{ source_sql }}
  ),

  snapshotted_data as (
    select *, {{ unique_key_fields(keys) }}
    from {{ target_relation }}
    where {{ names.dbt_valid_to }} is null
    {%- if config.get('dbt_valid_to_current') %}
      or {{ names.dbt_valid_to }} = {{ config.get('dbt_valid_to_current') }}
    {%- endif %}
  ),

  beginning as (
    select *, {{ unique_key_fields(keys) }},
      {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
      {{ get_dbt_valid_to_current(strategy, names) }},
      {{ strategy.scd_id }} as {{ names.dbt_scd_id }}
    from snapshot_query
  ),

  ending as (
    select *, {{ unique_key_fields(keys) }},
      {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
      {{ strategy.updated_at }} as {{ names.dbt_valid_to }}
    from snapshot_query
  ),

  insertions as (
    select 'insert' as dbt_change_type, source_data.*
      {%- if keeps_deletions %}, 'False' as {{ names.dbt_is_deleted }}{% endif %}
    from beginning as source_data
    left outer join snapshotted_data on {{ unique_key_join_on(keys, 'snapshotted_data', 'source_data') }}
    where {{ unique_key_is_null(keys, 'snapshotted_data') }}
      or ({{ unique_key_is_not_null(keys, 'snapshotted_data') }} and (
        {{ strategy.row_changed }}
        {%- if keeps_deletions %} or {{ was_deleted }}{% endif %}
      ))
  ),

  updates as (
    select 'update' as dbt_change_type, source_data.*, snapshotted_data.{{ names.dbt_scd_id }}
      {%- if keeps_deletions %}, snapshotted_data.{{ names.dbt_is_deleted }}{% endif %}
    from ending as source_data
    join snapshotted_data on {{ unique_key_join_on(keys, 'snapshotted_data', 'source_data') }}
    where {{ strategy.row_changed }}
      {%- if keeps_deletions %} or {{ was_deleted }}{% endif %}
  )

  {%- if ends_deleted %},
  deletes_source_data as (
    select *, {{ unique_key_fields(keys) }} from snapshot_query
  ),

  deletes as (
    select 'delete' as dbt_change_type, source_data.*,
      {{ snapshot_get_time() }} as {{ names.dbt_updated_at }},
      {{ snapshot_get_time() }} as {{ names.dbt_valid_from }},
      {{ snapshot_get_time() }} as {{ names.dbt_valid_to }},
      snapshotted_data.{{ names.dbt_scd_id }}
      {%- if keeps_deletions %}, snapshotted_data.{{ names.dbt_is_deleted }}{% endif %}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ unique_key_join_on(keys, 'snapshotted_data', 'source_data') }}
    where {{ unique_key_is_null(keys, 'source_data') }}
      {%- if keeps_deletions %} and not ({{ was_deleted }}){% endif %}
  )
  {%- endif %}

  {%- if keeps_deletions %},
  {%- set source_names = get_list_of_column_names(get_column_schema_from_query(source_sql)) -%}
  {%- set kept_names = get_list_of_column_names(adapter.get_columns_in_relation(target_relation)) | map('lower') | list %}
  deletion_records as (
    select 'insert' as dbt_change_type,
      {%- for name in source_names %}
      {{ 'snapshotted_data.' ~ adapter.quote(name) if name | lower in kept_names else 'null as ' ~ adapter.quote(name) }},
      {%- endfor %}
      {%- if keys is string %}
      snapshotted_data.dbt_unique_key,
      {%- else %}
      {%- for key in keys %}
      snapshotted_data.dbt_unique_key_{{ loop.index }},
      {%- endfor %}
      {%- endif %}
      {{ snapshot_get_time() }} as {{ names.dbt_updated_at }},
      {{ snapshot_get_time() }} as {{ names.dbt_valid_from }},
      snapshotted_data.{{ names.dbt_valid_to }},
      {{ snapshot_hash_arguments(['snapshotted_data.' ~ names.dbt_scd_id, snapshot_get_time()]) }} as {{ names.dbt_scd_id }},
      'True' as {{ names.dbt_is_deleted }}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ unique_key_join_on(keys, 'snapshotted_data', 'source_data') }}
    where {{ unique_key_is_null(keys, 'source_data') }} and not ({{ was_deleted }})
  )
  {%- endif %}

  select * from insertions
  union all
  select * from updates
  {%- if ends_deleted %}
  union all
  select * from deletes
  {%- endif %}
  {%- if keeps_deletions %}
  union all
  select * from deletion_records
  {%- endif %}
{%- endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
  {% set staging = make_temp_relation(target_relation) %}
  {% call statement('build_snapshot_staging_relation') %}
    {{ create_table_as(True, staging, snapshot_staging_table(strategy, sql, target_relation)) }}
  {% endcall %}
  {% do return(staging) %}
{% endmacro %}

{% macro create_columns(relation, columns) %}
  {{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}
{% endmacro %}
{% macro default__create_columns(relation, columns) %}
  {% for column in columns %}
    {% call statement() %}
      alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.expanded_data_type }};
    {% endcall %}
  {% endfor %}
{% endmacro %}

{#- Clears away what the staging left. -#}
{% macro post_snapshot(staging_relation) %}
  {{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}
{% endmacro %}
{% macro default__post_snapshot(staging_relation) %}
{% endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}
  {{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}
{%- endmacro %}
{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- set inserted -%}
    ({{ insert_cols | join(', ') }}) values (
      {%- for name in insert_cols %}DBT_INTERNAL_SOURCE.{{ name }}{{ ', ' if not loop.last }}{% endfor -%}
    )
  {%- endset -%}
  {{- _snapshot_merge(target.render(), source, inserted) -}}
{%- endmacro %}

{% macro _snapshot_merge(target, source, inserted) -%}
  {%- set names = snapshot_meta_columns() -%}
  {%- set current = config.get('dbt_valid_to_current') -%}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on DBT_INTERNAL_SOURCE.{{ names.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ names.dbt_scd_id }}
  when matched
    and (DBT_INTERNAL_DEST.{{ names.dbt_valid_to }} is null
    {%- if current %} or DBT_INTERNAL_DEST.{{ names.dbt_valid_to }} = {{ current }}{% endif %})
    and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    then update set {{ names.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ names.dbt_valid_to }}
  when not matched and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
    then insert {{ inserted }}
{%- endmacro %}
