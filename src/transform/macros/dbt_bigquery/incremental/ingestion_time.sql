{#- Tables whose partition is a pseudo column, which only an insert can fill. -#}
{% macro wrap_with_time_ingestion_partitioning_sql(partition_by, sql, is_nested) %}
  select timestamp({{ partition_by.field }}) as {{ partition_by.insertable_time_partitioning_field() }}, * except({{ partition_by.field }}) from (
    {{ sql }}
  ){%- if not is_nested -%};{%- endif -%}
{% endmacro %}

{% macro get_quoted_with_types_csv(columns) %}
  {% set texts = [] %}
  {% for column in columns %}
    {%- do texts.append(adapter.quote(column.name) ~ ' ' ~ column.data_type) -%}
  {%- endfor %}
  {{ return(texts | join(', ')) }}
{% endmacro %}

{% macro columns_without_partition_fields_csv(partition_config, columns) -%}
  {{ return(get_quoted_with_types_csv(partition_config.reject_partition_field_column(columns))) }}
{%- endmacro -%}

{% macro bq_insert_into_ingestion_time_partitioned_table_sql(target_relation, sql) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set partition = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {%- set names = get_quoted_csv(adapter.get_columns_in_relation(target_relation) | map(attribute='name')) -%}
  {{ header if header is not none }}
  insert into {{ target_relation }} ({{ partition.insertable_time_partitioning_field() }}, {{ names }})
  {{ wrap_with_time_ingestion_partitioning_sql(partition, sql, False) }}
{%- endmacro -%}

{% macro get_columns_with_types_in_query_sql(select_sql) %}
  {% set probe %}
    {%- set header = config.get('sql_header', none) -%}
    {{ header if header is not none }}
    select * from (
      {{ select_sql }}
    ) as __dbt_sbq
    where false
    limit 0
  {% endset %}
  {{ return(adapter.get_columns_in_select_sql(probe)) }}
{% endmacro %}
