{#- Partitions are replaced as a whole: those that are named, or those that the rows of this run are in. -#}
{% macro bq_generate_incremental_insert_overwrite_build_sql(
  tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {% if partition_by is none %}
    {% do exceptions.raise_compiler_error("The 'insert_overwrite' strategy requires the `partition_by` config.") %}
  {% endif %}
  {{ return(bq_insert_overwrite_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions)) }}
{% endmacro %}

{% macro bq_generate_microbatch_build_sql(
  tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {{ return(bq_insert_overwrite_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions)) }}
{% endmacro %}

{% macro bq_insert_overwrite_sql(
  tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {% if partitions is not none and partitions != [] %}
    {{ bq_static_insert_overwrite_sql(tmp_relation, target_relation, sql, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions) }}
  {% else %}
    {{ bq_dynamic_insert_overwrite_sql(tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, copy_partitions) }}
  {% endif %}
{% endmacro %}

{% macro bq_static_select_insert_overwrite_sql(tmp_relation, sql, partition_by, tmp_relation_exists) %}
  {%- set source_sql -%}
    (
      {% if tmp_relation_exists -%}
      {{ select_of_temp(partition_by, tmp_relation) }}
      {%- elif partition_by.time_ingestion_partitioning -%}
      {{ wrap_with_time_ingestion_partitioning_sql(partition_by, sql, true) }}
      {%- else -%}
      {{ sql }}
      {%- endif %}
    )
  {%- endset -%}
  {{ return(source_sql) }}
{% endmacro %}

{% macro bq_static_insert_overwrite_sql(
  tmp_relation, target_relation, sql, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {%- if copy_partitions -%}
    {{ bq_static_copy_partitions_insert_overwrite_sql(tmp_relation, target_relation, sql, partition_by, partitions, tmp_relation_exists) }}
  {%- else -%}
    {%- set predicate = partition_by.render_wrapped(alias='DBT_INTERNAL_DEST') ~ ' in (' ~ (partitions | join(', ')) ~ ')' -%}
    {%- set source_sql = bq_static_select_insert_overwrite_sql(tmp_relation, sql, partition_by, tmp_relation_exists) -%}
    {#- The header stands already before the table of this run. -#}
    {{ get_insert_overwrite_merge_sql(target_relation, source_sql, dest_columns, [predicate], include_sql_header=not tmp_relation_exists) }};
    {%- if tmp_relation_exists %}
    drop table if exists {{ tmp_relation }};
    {%- endif -%}
  {%- endif -%}
{% endmacro %}

{#- A partition that is named is emptied even where this run has no rows for it. -#}
{% macro bq_static_copy_partitions_insert_overwrite_sql(tmp_relation, target_relation, sql, partition_by, partitions, tmp_relation_exists) %}
  {%- if not tmp_relation_exists -%}
    {%- call statement('create_tmp_relation_for_copy') -%}
      {{ bq_create_table_as(partition_by, true, tmp_relation, bq_static_select_insert_overwrite_sql(tmp_relation, sql, partition_by, tmp_relation_exists)) }}
    {%- endcall %}
  {%- endif -%}
  {%- set named -%}
    select cast(partition_literal as timestamp) as partition_ts
    from unnest([{{ partitions | join(', ') }}]) as partition_literal
  {%- endset -%}
  {%- do bq_copy_partitions(tmp_relation, target_relation, run_query(named).columns[0].values(), partition_by) -%}
  drop table if exists {{ tmp_relation }}
{% endmacro %}

{% macro bq_dynamic_insert_overwrite_sql(tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, copy_partitions) %}
  {%- if copy_partitions is true -%}
    {{ bq_dynamic_copy_partitions_insert_overwrite_sql(tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, copy_partitions) }}
  {%- else -%}
    {%- set predicate = partition_by.render_wrapped(alias='DBT_INTERNAL_DEST') ~ ' in unnest(dbt_partitions_for_replacement)' -%}
    {%- set field = partition_by.time_partitioning_field() if partition_by.time_ingestion_partitioning else partition_by.render_wrapped() -%}
    declare dbt_partitions_for_replacement array<{{ partition_by.data_type_for_partition() }}>;
    {% if not tmp_relation_exists %}
    {{ bq_create_table_as(partition_by, True, tmp_relation, sql) }}
    {% endif %}
    {#- Rows without a partition are in none that could be replaced. #}
    set (dbt_partitions_for_replacement) = (
      select as struct array_agg(distinct {{ field }} ignore nulls)
      from {{ tmp_relation }}
    );
    {{ get_insert_overwrite_merge_sql(target_relation, '(' ~ select_of_temp(partition_by, tmp_relation) ~ ')', dest_columns, [predicate]) }};
    drop table if exists {{ tmp_relation }}
  {%- endif -%}
{% endmacro %}

{% macro bq_dynamic_copy_partitions_insert_overwrite_sql(
  tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, copy_partitions
) %}
  {%- if not tmp_relation_exists -%}
    {%- call statement('create_tmp_relation_for_copy') -%}
      {{ bq_create_table_as(partition_by, True, tmp_relation, sql) }}
    {%- endcall %}
  {%- endif -%}
  {%- set found = run_query('select distinct ' ~ partition_by.render_wrapped() ~ ' from ' ~ tmp_relation) -%}
  {%- do bq_copy_partitions(tmp_relation, target_relation, found.columns[0].values(), partition_by) -%}
  drop table if exists {{ tmp_relation }}
{% endmacro %}

{#- Each by a copy job, which reads no rows and costs nothing. -#}
{% macro bq_copy_partitions(tmp_relation, target_relation, partitions, partition_by) %}
  {%- set formats = {'hour': '%Y%m%d%H', 'day': '%Y%m%d', 'month': '%Y%m', 'year': '%Y'} -%}
  {% for partition in partitions %}
    {%- set id = partition | as_text if partition_by.data_type == 'int64' else partition.strftime(formats[partition_by.granularity]) -%}
    {%- set from = tmp_relation.incorporate(path={'identifier': tmp_relation.identifier ~ '$' ~ id}) -%}
    {%- set to = target_relation.incorporate(path={'identifier': target_relation.identifier ~ '$' ~ id}) -%}
    {%- do adapter.copy_table(from, to, 'table') -%}
  {% endfor %}
{% endmacro %}
