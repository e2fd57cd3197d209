{#- @throws before anything is run: what a format cannot do -#}
{% macro dbt_spark_validate_get_file_format(raw_file_format) %}
  {% set known = ['text', 'csv', 'json', 'jdbc', 'parquet', 'orc', 'hive', 'delta', 'iceberg', 'libsvm', 'hudi'] %}
  {% if raw_file_format not in known %}
    {% do exceptions.raise_compiler_error('Invalid file format provided: ' ~ raw_file_format ~ '\nExpected one of: ' ~ (known | join(', '))) %}
  {% endif %}
  {% do return(raw_file_format) %}
{% endmacro %}

{% macro dbt_spark_validate_get_incremental_strategy(raw_strategy, file_format) %}
  {% set wrong = 'Invalid incremental strategy provided: ' ~ raw_strategy ~ '\n' %}
  {% if raw_strategy not in ['append', 'merge', 'insert_overwrite', 'microbatch'] %}
    {% do exceptions.raise_compiler_error(wrong ~ "Expected one of: 'append', 'merge', 'insert_overwrite', 'microbatch'") %}
  {% elif raw_strategy == 'merge' and file_format not in ['delta', 'iceberg', 'hudi'] %}
    {% do exceptions.raise_compiler_error(wrong ~ "You can only choose this strategy when file_format is set to 'delta' or 'iceberg' or 'hudi'") %}
  {% elif raw_strategy in ['insert_overwrite', 'microbatch'] and target.endpoint %}
    {% do exceptions.raise_compiler_error(wrong ~ "You cannot use this strategy when connecting via endpoint\nUse the 'append' or 'merge' strategy instead") %}
  {% endif %}
  {% do return(raw_strategy) %}
{% endmacro %}

{% materialization incremental, adapter='spark', supported_languages=['sql', 'python'] -%}
  {%- set format = dbt_spark_validate_get_file_format(config.get('file_format', default='parquet')) -%}
  {%- set strategy = dbt_spark_validate_get_incremental_strategy(config.get('incremental_strategy') or 'append', format) -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set language = model['language'] -%}
  {%- set goal = this -%}
  {%- set existing = load_relation(this) -%}
  {%- set staged = make_temp_relation(this, '__dbt_tmp') -%}

  {#- Without it an overwrite empties the partitions that the new rows do not touch. -#}
  {%- if strategy in ['insert_overwrite', 'microbatch'] and config.get('partition_by', none) -%}
    {%- call statement() -%}
      set spark.sql.sources.partitionOverwriteMode = DYNAMIC
    {%- endcall -%}
  {%- endif -%}
  {{ run_hooks(pre_hooks) }}

  {%- if existing is none or existing.is_view or should_full_refresh() -%}
    {%- if existing is not none and not (format == 'delta' and existing.is_delta) -%}
      {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement('main', language=language) -%}
      {{ create_table_as(False, goal, compiled_code, language) }}
    {%- endcall -%}
    {%- do persist_constraints(goal, model) -%}
  {%- else -%}
    {%- call statement('create_tmp_relation', language=language) -%}
      {{ create_table_as(True, staged, compiled_code, language) }}
    {%- endcall -%}
    {%- do process_schema_changes(on_schema_change, staged, existing) -%}
    {%- call statement('main') -%}
      {{ dbt_spark_get_incremental_sql(strategy, staged, goal, existing, config.get('unique_key', none),
        config.get('predicates', none) or config.get('incremental_predicates', none)) }}
    {%- endcall -%}
  {%- endif -%}

  {% do apply_grants(goal, config.get('grants'), should_revoke(existing, should_full_refresh())) %}
  {% do persist_docs(goal, model) %}
  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization %}

{% macro dbt_spark_get_incremental_sql(strategy, source, target, existing, unique_key, incremental_predicates) %}
  {%- if strategy == 'append' -%}
    {{ get_insert_into_sql(source, target) }}
  {%- elif strategy == 'merge' -%}
    {{ get_merge_sql(target, source, unique_key, dest_columns=none, incremental_predicates=incremental_predicates) }}
  {%- else -%}
    {%- if strategy == 'microbatch' and not config.get('partition_by') -%}
      {%- do exceptions.raise_compiler_error("dbt-spark 'microbatch' incremental strategy requires a `partition_by` config.\nEnsure you are using a `partition_by` column that is of grain " ~ config.get('batch_size') ~ '.') -%}
    {%- endif -%}
    {{ get_insert_overwrite_sql(source, target, existing) }}
  {%- endif -%}
{% endmacro %}

{#- By name: the columns of the query may stand in another order than those of the table. -#}
{% macro spark_columns_of(relation) %}
  {%- do return(adapter.get_columns_in_relation(relation) | map(attribute='quoted') | join(', ')) -%}
{% endmacro %}

{% macro get_insert_into_sql(source_relation, target_relation) %}
  insert into table {{ target_relation }}
  select {{ spark_columns_of(target_relation) }} from {{ source_relation }}
{% endmacro %}

{% macro get_insert_overwrite_sql(source_relation, target_relation, existing_relation) %}
  {%- if existing_relation.is_iceberg %}
  insert overwrite {{ target_relation }}
  {%- else %}
  insert overwrite table {{ target_relation }}
  {{- partition_cols(label='partition') }}
  {%- endif %}
  select {{ spark_columns_of(target_relation) }} from {{ source_relation }}
{% endmacro %}

{% macro spark__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {%- set matches = [] + (incremental_predicates or []) -%}
  {%- if not unique_key -%}
    {%- do matches.append('FALSE') -%}
  {%- else -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key) -%}
      {%- do matches.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- set changed = get_merge_update_columns(
    config.get('merge_update_columns'), config.get('merge_exclude_columns'), adapter.get_columns_in_relation(target)
  ) -%}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on {{ matches | join(' and ') }}
  when matched then update set
  {%- if changed %}
    {%- for name in changed %} {{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{{ ',' if not loop.last }}{% endfor %}
  {%- else %} *
  {%- endif %}
  when not matched then insert *
{% endmacro %}

{#- None = all of them. -#}
{% macro spark__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {%- do exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config') -%}
  {%- elif merge_exclude_columns -%}
    {%- set excluded = merge_exclude_columns | map('lower') | list -%}
    {%- set kept = [] -%}
    {%- for column in dest_columns if column.column | lower not in excluded -%}
      {%- do kept.append(column.quoted) -%}
    {%- endfor -%}
    {{ return(kept) }}
  {%- endif -%}
  {{ return(merge_update_columns or none) }}
{% endmacro %}
