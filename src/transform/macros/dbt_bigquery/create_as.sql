{#- A table of a query, in the place of the one that is there. -#}
{% macro bigquery__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language != 'sql' -%}
    {%- do exceptions.raise_compiler_error('Models in ' ~ language ~ ' run on Dataproc or BigFrames, which is not possible here: ' ~ model.name) -%}
  {%- endif -%}
  {%- set partition = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {%- set by_ingestion = partition is not none and partition.time_ingestion_partitioning -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}

  create or replace table {{ relation }}
  {%- if config.get('contract').enforced %}
    {{ get_assert_columns_equivalent(compiled_code) }}
    {{ get_table_columns_and_constraints() }}
    {%- set compiled_code = get_select_subquery(compiled_code) %}
  {%- elif by_ingestion %}
    ({{ columns_without_partition_fields_csv(partition, get_columns_with_types_in_query_sql(compiled_code)) }})
  {%- endif %}
  {{ partition_by(partition) }}
  {{ cluster_by(config.get('cluster_by', none)) }}
  {{ bigquery_table_options(config, model, temporary) }}
  {#- The pseudo column of the time cannot come out of a query here: rows are inserted behind it. -#}
  {%- if not by_ingestion %}
  as (
    {{ compiled_code }}
  );
  {%- endif -%}
{%- endmacro -%}

{% macro bigquery__create_view_as(relation, sql) -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}

  create or replace view {{ relation }}
  {{ bigquery_view_options(config, model) }}
  {%- if config.get('contract').enforced %}
    {{ get_assert_columns_equivalent(sql) }}
  {%- endif %}
  as {{ sql }};
{% endmacro %}

{#- The planner would ask for the partition of a table that has to be filtered; a query that it cannot foresee is not planned. -#}
{% macro bigquery__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {%- if select_sql_header is not none -%}
  {{ select_sql_header }}
  {%- endif %}
  select * from (
    {{ select_sql }}
  ) as __dbt_sbq
  where false and current_timestamp() = current_timestamp()
  limit 0
{% endmacro %}

{% macro bigquery__format_column(column) -%}
  {% do return({
    'name': column.name,
    'data_type': column.data_type,
    'formatted': column.column.lower() ~ ' ' ~ column.data_type,
  }) %}
{%- endmacro %}

{% macro bigquery__get_empty_schema_sql(columns) %}
  {%- set untyped = [] -%}
  {%- for column in columns.values() if not column['data_type'] -%}
    {%- do untyped.append(column['name']) -%}
  {%- endfor -%}
  {%- if untyped -%}
    {%- do exceptions.column_type_missing(column_names=untyped) -%}
  {%- endif -%}
  {{ return(default__get_empty_schema_sql(adapter.nest_column_data_types(columns))) }}
{% endmacro %}

{% macro bigquery__get_select_subquery(sql) %}
  select {{ adapter.dispatch('get_column_names', 'dbt')() }}
  from (
    {{ sql }}
  ) as model_subq
{%- endmacro %}

{% macro bigquery__get_column_names() %}
  {%- set names = [] -%}
  {%- set columns = adapter.nest_column_data_types(model['columns']) -%}
  {%- for key in columns -%}
    {%- set column = columns[key] -%}
    {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
    {%- do names.append(api.Column.get_struct_select_expression(name, column.get('data_type') or '')) -%}
  {%- endfor -%}
  {{ return(names | join(', ')) }}
{% endmacro %}
