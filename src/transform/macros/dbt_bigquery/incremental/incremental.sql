{%- materialization incremental, adapter='bigquery' -%}
  {%- set existing = load_relation(this) -%}
  {%- set temp = make_temp_relation(this) -%}
  {%- set strategy = dbt_bigquery_validate_get_incremental_strategy(config) -%}
  {%- set partition = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {%- set copies = partition is not none and partition.copy_partitions -%}
  {%- set by_ingestion = partition is not none and partition.time_ingestion_partitioning -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set temp_exists = false -%}

  {{ run_hooks(pre_hooks) }}
  {% if copies and strategy not in ['insert_overwrite', 'microbatch'] %}
    {% do exceptions.raise_compiler_error("The 'copy_partitions' option requires the 'incremental_strategy' option to be set to 'insert_overwrite' or 'microbatch'.") %}
  {% endif %}

  {% if existing is none or existing.is_view or should_full_refresh() %}
    {% if existing is not none and existing.is_view %}
      {% do adapter.drop_relation(existing) %}
    {% elif existing is not none %}
      {{ drop_unless_replaceable(existing) }}
    {% endif %}
    {%- call statement('main') -%}
      {{ bq_create_table_as(partition, False, this, compiled_code) }}
    {%- endcall -%}
  {% else %}
    {% set dest_columns = none %}
    {% if on_schema_change != 'ignore' %}
      {%- call statement('create_tmp_relation') -%}
        {{ bq_create_table_as(partition, True, temp, compiled_code) }}
      {%- endcall -%}
      {% set temp_exists = true %}
      {% set dest_columns = process_schema_changes(on_schema_change, temp, existing) %}
    {% endif %}
    {% if not dest_columns %}
      {% set dest_columns = adapter.get_columns_in_relation(existing) %}
    {% endif %}
    {% if by_ingestion %}
      {% set dest_columns = adapter.add_time_ingestion_partition_column(partition, dest_columns) %}
    {% endif %}
    {% set build_sql = bq_generate_incremental_build_sql(
      strategy, temp, this, compiled_code, config.get('unique_key'), partition, config.get('partitions', none),
      dest_columns, temp_exists, copies, config.get('predicates', default=none) or config.get('incremental_predicates', default=none)
    ) %}
    {%- call statement('main') -%}
      {{ build_sql }}
    {% endcall %}
  {% endif %}

  {{ run_hooks(post_hooks) }}
  {% set goal = this.incorporate(type='table') %}
  {% do apply_grants(goal, config.get('grants'), should_revoke(existing, should_full_refresh())) %}
  {% do persist_docs(goal, model) %}
  {%- if temp_exists -%}
    {% do adapter.drop_relation(temp) %}
  {%- endif -%}
  {% do return({'relations': [goal]}) %}
{%- endmaterialization -%}

{% macro dbt_bigquery_validate_get_incremental_strategy(config) %}
  {%- set strategy = config.get('incremental_strategy') or 'merge' -%}
  {% if strategy not in ['merge', 'insert_overwrite', 'microbatch'] %}
    {% do exceptions.raise_compiler_error(
      'Invalid incremental strategy provided: ' ~ strategy ~ "\nExpected one of: 'merge', 'insert_overwrite', 'microbatch'") %}
  {% endif %}
  {% if strategy == 'microbatch' %}
    {% do bq_validate_microbatch_config(config) %}
  {% endif %}
  {% do return(strategy) %}
{% endmacro %}

{% macro bq_validate_microbatch_config(config) %}
  {% set raw = config.get('partition_by') %}
  {% if raw is none %}
    {% do exceptions.raise_compiler_error("The 'microbatch' strategy requires a `partition_by` config.") %}
  {% endif %}
  {% if raw.granularity != config.get('batch_size') %}
    {% do exceptions.raise_compiler_error(
      "The 'microbatch' strategy requires a `partition_by` config with the same granularity as its configured `batch_size`.\nGot:\n  `batch_size`: "
      ~ config.get('batch_size') ~ '\n  `partition_by.granularity`: ' ~ raw.granularity) %}
  {% endif %}
{% endmacro %}

{% macro source_sql_with_partition(partition_by, source_sql) %}
  {%- if partition_by.time_ingestion_partitioning %}
    {{ return(wrap_with_time_ingestion_partitioning_sql(partition_by, source_sql, False)) }}
  {%- endif -%}
  {{ return(source_sql) }}
{% endmacro %}

{% macro bq_create_table_as(partition_by, temporary, relation, compiled_code, language='sql') %}
  {%- set declared = declare_dbt_max_partition(this, partition_by, compiled_code, language) -%}
  {%- if partition_by.time_ingestion_partitioning -%}
    {% do run_query(create_table_as(temporary, relation, compiled_code)) %}
    {{ return(declared ~ bq_insert_into_ingestion_time_partitioned_table_sql(relation, compiled_code)) }}
  {%- endif -%}
  {{ return(declared ~ create_table_as(temporary, relation, compiled_code, language)) }}
{% endmacro %}

{% macro bq_generate_incremental_build_sql(
  strategy, tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions, incremental_predicates
) %}
  {% if strategy == 'insert_overwrite' %}
    {% do return(bq_generate_incremental_insert_overwrite_build_sql(
      tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions)) %}
  {% elif strategy == 'microbatch' %}
    {% do return(bq_generate_microbatch_build_sql(
      tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions)) %}
  {% endif %}
  {% do return(bq_generate_incremental_merge_build_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, incremental_predicates)) %}
{% endmacro %}

{#- The last partition that is there, for models that name it. -#}
{% macro declare_dbt_max_partition(relation, partition_by, compiled_code, language='sql') %}
  {%- if '_dbt_max_partition' in compiled_code and language == 'sql' -%}
    declare _dbt_max_partition {{ partition_by.data_type_for_partition() }} default (
      select max({{ partition_by.field }}) from {{ this }}
      where {{ partition_by.field }} is not null
    );
  {%- endif -%}
{% endmacro %}

{#- A condition that always holds, and names the partition of a table that asks for that. -#}
{% macro predicate_for_avoid_require_partition_filter(target='DBT_INTERNAL_DEST') %}
  {%- set partition = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {% if partition is not none and config.get('require_partition_filter') %}
    {%- set field = '`' ~ target ~ '`.`' ~ (partition.time_partitioning_field() if partition.time_ingestion_partitioning else partition.field) ~ '`' -%}
    {% do return('(' ~ field ~ ' is null or ' ~ field ~ ' is not null)') %}
  {%- endif -%}
  {{ return(none) }}
{% endmacro %}
