{#- No `is not distinct from` here: with it BigQuery does not see the partition filter of a merge. -#}
{% macro bigquery__get_merge_unique_key_match(source_unique_key, target_unique_key) -%}
  {%- set equal = '(' ~ source_unique_key ~ ' = ' ~ target_unique_key ~ ')' -%}
  {%- if adapter.behavior.enable_truthy_nulls_equals_macro.no_warn -%}
    {{ return('((' ~ source_unique_key ~ ' is null and ' ~ target_unique_key ~ ' is null) or ' ~ equal ~ ')') }}
  {%- endif -%}
  {{ return(equal) }}
{%- endmacro %}

{% macro bq_generate_incremental_merge_build_sql(
  tmp_relation, target_relation, sql, unique_key, partition_by, dest_columns, tmp_relation_exists, incremental_predicates
) %}
  {%- set source_sql -%}
    (
      {% if tmp_relation_exists -%}
      {{ select_of_temp(partition_by, tmp_relation) }}
      {%- elif partition_by.time_ingestion_partitioning -%}
      {{ wrap_with_time_ingestion_partitioning_sql(partition_by, sql, True) }}
      {%- else -%}
      {{ sql }}
      {%- endif %}
    )
  {%- endset -%}
  {%- set predicates = [] + (incremental_predicates or []) -%}
  {%- set filter = predicate_for_avoid_require_partition_filter() -%}
  {%- if filter is not none -%}
    {% do predicates.append(filter) %}
  {%- endif -%}
  {{ return(get_merge_sql(target_relation, source_sql, unique_key, dest_columns, predicates)) }}
{% endmacro %}

{#- All columns of the table of a run, the pseudo column of its time among them where it has one. -#}
{% macro select_of_temp(partition_by, tmp_relation) -%}
  select {% if partition_by.time_ingestion_partitioning %}{{ partition_by.insertable_time_partitioning_field() }}, {% endif %}* from {{ tmp_relation }}
{%- endmacro %}
