{% macro get_columns_in_relation(relation) -%}
  {{ return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_columns_in_relation(relation) -%}
  {% do exceptions.raise_not_implemented('get_columns_in_relation is not written for the adapter ' ~ adapter.type()) %}
{%- endmacro %}

{#- Rows of (name, type, character length, numeric precision, numeric scale) → Column objects. -#}
{% macro sql_convert_columns_in_relation(table) -%}
  {% set found = [] %}
  {% for row in table %}
    {% do found.append(api.Column(*row)) %}
  {% endfor %}
  {% do return(found) %}
{%- endmacro %}

{#- A query of no rows with the columns of `select_sql`. -#}
{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
  {{ return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) }}
{%- endmacro %}

{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {%- if select_sql_header is not none -%}
  {{ select_sql_header }}
  {%- endif %}
  select * from (
    {{ select_sql }}
  ) as __dbt_sbq
  where false
  limit 0
{% endmacro %}

{#- A query of no rows with the names and types of a contract's columns. -#}
{% macro get_empty_schema_sql(columns) -%}
  {{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}
{%- endmacro %}

{% macro default__get_empty_schema_sql(columns) %}
  {%- set untyped = [] -%}
  {%- set loose = [] -%}
  {%- set parts = [] -%}
  {%- for key in columns -%}
    {%- set column = columns[key] -%}
    {%- if (column['data_type'] or '') | trim | lower in ['numeric', 'decimal', 'number'] -%}
      {%- do loose.append(column['name']) -%}
    {%- endif -%}
    {%- if column['data_type'] -%}
      {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
      {%- do parts.append(cast('null', column['data_type']) ~ ' as ' ~ name) -%}
    {%- else -%}
      {%- do untyped.append(column['name']) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if untyped -%}
    {%- do exceptions.column_type_missing(column_names=untyped) -%}
  {%- endif -%}
  {%- if loose -%}
    {%- do exceptions.warn('Detected columns with numeric type and unspecified precision/scale, this can lead to unintended rounding: ' ~ loose) -%}
  {%- endif %}
  select
    {{ parts | join(',\n    ') }}
{% endmacro %}

{% macro get_column_schema_from_query(select_sql, select_sql_header=none) -%}
  {% do return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) %}
{%- endmacro %}

{#- Names of a query's columns, in order. -#}
{% macro get_columns_in_query(select_sql) -%}
  {{ return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) }}
{%- endmacro %}

{% macro default__get_columns_in_query(select_sql) %}
  {% call statement('get_columns_in_query', fetch_result=True, auto_begin=False) -%}
    {{ get_empty_subquery_sql(select_sql) }}
  {%- endcall %}
  {% set names = [] %}
  {% for column in load_result('get_columns_in_query').table.columns %}
    {% do names.append(column.name) %}
  {% endfor %}
  {% do return(names) %}
{% endmacro %}

{% macro alter_column_type(relation, column_name, new_column_type) -%}
  {{ return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) }}
{%- endmacro %}

{#- Copies into a new column and swaps the names: works where types cannot be changed in place. -#}
{% macro default__alter_column_type(relation, column_name, new_column_type) -%}
  {%- set old = adapter.quote(column_name) -%}
  {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
  {% call statement('alter_column_type') %}
    alter table {{ relation.render() }} add column {{ new }} {{ new_column_type }};
    update {{ relation.render() }} set {{ new }} = {{ old }};
    alter table {{ relation.render() }} drop column {{ old }} cascade;
    alter table {{ relation.render() }} rename column {{ new }} to {{ old }}
  {% endcall %}
{%- endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) -%}
  {{ return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) }}
{%- endmacro %}

{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {% set changes = [] %}
  {% for column in add_columns or [] %}
    {% do changes.append('add column ' ~ column.quoted ~ ' ' ~ column.expanded_data_type) %}
  {% endfor %}
  {% for column in remove_columns or [] %}
    {% do changes.append('drop column ' ~ column.quoted) %}
  {% endfor %}
  {% if changes %}
    {% do run_query('alter ' ~ relation.type ~ ' ' ~ relation.render() ~ ' ' ~ (changes | join(', '))) %}
  {% endif %}
{% endmacro %}

{% macro get_list_of_column_names(columns) -%}
  {% set names = [] %}
  {% for column in columns %}
    {% do names.append(column.name) %}
  {% endfor %}
  {% do return(names) %}
{%- endmacro %}
