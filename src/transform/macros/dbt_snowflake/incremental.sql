{#- Rows that are new or changed come into the table in the way of a strategy. -#}
{%- materialization incremental, adapter='snowflake', supported_languages=['sql'] -%}
  {%- set tag = set_query_tag() -%}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set strategy = config.get('incremental_strategy') or 'default' -%}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set temp_type = dbt_snowflake_get_tmp_relation_type(strategy, unique_key, 'sql') -%}
  {%- set temp = resolve_incremental_tmp_relation(make_temp_relation(this).incorporate(type='view' if temp_type == 'view' else 'table')) -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set starts_over = should_full_refresh() -%}

  {{ run_hooks(pre_hooks) }}

  {% if existing is none or not existing.is_table or starts_over %}
    {% if existing is not none and not existing.is_table %}
      {#- A table takes no other's place: what is there must go first. -#}
      {{ drop_relation_if_exists(existing) }}
    {% endif %}
    {% call statement('main') -%}
      {{ create_table_as(False, goal, sql) }}
    {%- endcall %}
  {% else %}
    {% call statement('create_tmp_relation') -%}
      {%- if temp_type == 'view' -%}
        {{ snowflake__create_view_as_with_temp_flag(temp, sql, True) }}
      {%- elif temp_type == 'transient' -%}
        {{ snowflake__create_table_transient_sql(temp, sql) }}
      {%- else -%}
        {{ create_table_as(True, temp, sql) }}
      {%- endif -%}
    {%- endcall %}
    {% set strategy_macro = adapter.get_incremental_strategy_macro(context, strategy) %}
    {% do add_incremental_rows(strategy_macro, goal, temp, existing, on_schema_change) %}
    {% do drop_relation_if_exists(temp) %}
  {% endif %}

  {{ run_hooks(post_hooks) }}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing is not none and existing.is_table, starts_over)) %}
  {% do persist_docs(goal, model) %}
  {% do unset_query_tag(tag) %}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

{#-
  As what the new rows wait: as a view where one statement reads them, which saves writing them twice; as a table where two do, which must
  find the same rows. `tmp_relation_type` of the model may say it.
-#}
{% macro dbt_snowflake_get_tmp_relation_type(strategy, unique_key, language) %}
  {%- set wanted = config.get('tmp_relation_type') -%}
  {%- set reads_twice = strategy in ['delete+insert', 'microbatch'] and unique_key is not none -%}
  {%- if wanted is not none and wanted not in ['table', 'view', 'transient'] -%}
    {%- do exceptions.raise_compiler_error('`tmp_relation_type` is table, view or transient, not: ' ~ wanted) -%}
  {%- endif -%}
  {%- if reads_twice and wanted == 'view' -%}
    {%- do exceptions.raise_compiler_error('With a unique_key the strategy ' ~ strategy ~ ' reads the new rows twice, which must be the same: `tmp_relation_type` is table or transient then, not view.') -%}
  {%- endif -%}
  {%- if wanted is not none -%}
    {{ return(wanted) }}
  {%- endif -%}
  {%- if strategy in ['default', 'merge', 'append', 'insert_overwrite'] -%}
    {{ return('view') }}
  {%- endif -%}
  {{ return('view' if strategy in ['delete+insert', 'microbatch'] and unique_key is none else 'table') }}
{% endmacro %}

{#- Where the new rows wait: a project may move them into a schema of its own. -#}
{% macro resolve_incremental_tmp_relation(tmp_relation) %}
  {{ return(adapter.dispatch('resolve_incremental_tmp_relation', 'dbt')(tmp_relation)) }}
{% endmacro %}
{% macro snowflake__resolve_incremental_tmp_relation(tmp_relation) %}
  {{ return(tmp_relation) }}
{% endmacro %}

{% macro snowflake__get_incremental_default_sql(arg_dict) %}
  {{ return(get_incremental_merge_sql(arg_dict)) }}
{% endmacro %}

{% macro snowflake__get_incremental_append_sql(arg_dict) %}
  {% do return(snowflake_dml_explicit_transaction(default__get_incremental_append_sql(arg_dict))) %}
{% endmacro %}

{#- Snowflake refuses a MERGE whose condition is always false: rows without a key are only added. -#}
{% macro snowflake__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- if unique_key is not none -%}
    {%- do return(snowflake_dml_explicit_transaction(default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates))) -%}
  {%- endif -%}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set dml -%}
    {{ header if header is not none }}
    insert into {{ target }} ({{ names }})
    (
      select {{ names }}
      from {{ source }}
    )
  {%- endset -%}
  {%- do return(snowflake_dml_explicit_transaction(dml)) -%}
{%- endmacro %}

{% macro snowflake__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {% do return(snowflake_dml_explicit_transaction(default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates))) %}
{% endmacro %}

{% macro snowflake__snapshot_merge_sql(target, source, insert_cols) %}
  {% do return(snowflake_dml_explicit_transaction(default__snapshot_merge_sql(target, source, insert_cols))) %}
{% endmacro %}

{#- All rows of the table make way, in the statement that brings the new ones: here a partition cannot be replaced alone. -#}
{% macro get_incremental_insert_overwrite_sql(arg_dict) -%}
  {{ return(adapter.dispatch('insert_overwrite_get_sql', 'dbt')(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'])) }}
{%- endmacro %}

{% macro snowflake__insert_overwrite_get_sql(target, source, unique_key, dest_columns) -%}
  {%- set columns = config.get('overwrite_columns', []) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set dml -%}
    {{ header if header is not none }}
    insert overwrite into {{ target.render() }} {{ '(' ~ (columns | join(', ')) ~ ')' if columns }}
      select {{ columns | join(', ') if columns else '*' }}
      from {{ source.render() }}
  {%- endset -%}
  {% do return(snowflake_dml_explicit_transaction(dml)) %}
{%- endmacro %}

{#- The rows of one batch make way for those that the query gives. -#}
{% macro snowflake__get_incremental_microbatch_sql(arg_dict) %}
  {%- set target = arg_dict['target_relation'] -%}
  {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set conditions = [] -%}
  {%- set predicates = arg_dict.get('incremental_predicates') or [] -%}
  {%- for predicate in ([predicates] if predicates is string else predicates) -%}
    {%- do conditions.append(predicate) -%}
  {%- endfor -%}
  {%- set batch = model.get('batch') -%}
  {%- if batch and batch.event_time_start -%}
    {%- do conditions.append('DBT_INTERNAL_TARGET.' ~ config.get('event_time') ~ " >= to_timestamp_tz('" ~ batch.event_time_start ~ "')") -%}
  {%- endif -%}
  {%- if batch and batch.event_time_end -%}
    {%- do conditions.append('DBT_INTERNAL_TARGET.' ~ config.get('event_time') ~ " < to_timestamp_tz('" ~ batch.event_time_end ~ "')") -%}
  {%- endif -%}
  {%- set dml -%}
    delete from {{ target }} DBT_INTERNAL_TARGET
    where ({{ conditions | join(') and (') }});

    insert into {{ target }} ({{ names }})
    (
      select {{ names }}
      from {{ arg_dict['temp_relation'] }}
    )
  {%- endset -%}
  {% do return(snowflake_dml_explicit_transaction(dml)) %}
{% endmacro %}
