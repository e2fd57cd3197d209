{#- What Snowflake says differently about times, columns and transactions. -#}
{% macro snowflake__current_timestamp() -%}
  convert_timezone('UTC', current_timestamp())
{%- endmacro %}

{% macro snowflake__snapshot_get_time() -%}
  to_timestamp_ntz({{ current_timestamp() }})
{%- endmacro %}

{% macro snowflake__snapshot_string_as_time(timestamp) -%}
  {{ return("to_timestamp_ntz('" ~ timestamp ~ "')") }}
{%- endmacro %}

{% macro snowflake__current_timestamp_backcompat() %}
  current_timestamp::{{ type_timestamp() }}
{% endmacro %}

{% macro snowflake__current_timestamp_in_utc_backcompat() %}
  convert_timezone('UTC', {{ snowflake__current_timestamp_backcompat() }})::{{ type_timestamp() }}
{% endmacro %}

{#- Answered without a virtual warehouse. -#}
{% macro snowflake__get_columns_in_relation(relation) -%}
  {%- set described = run_query('describe table ' ~ relation.render()) -%}
  {%- if described | length >= 10000 -%}
    {%- do exceptions.raise_compiler_error('Snowflake tells the columns of ' ~ relation.render() ~ ' only where there are fewer than 10000.') -%}
  {%- endif -%}
  {%- set found = [] -%}
  {%- for row in described -%}
    {%- do found.append(adapter.column_of_description(row['name'], row['type'])) -%}
  {%- endfor -%}
  {%- do return(found) -%}
{%- endmacro %}

{% macro snowflake__alter_column_type(relation, column_name, new_column_type) -%}
  {% call statement('alter_column_type') %}
    alter table {{ relation.render() }} alter {{ adapter.quote(column_name) }} set data type {{ new_column_type }};
  {% endcall %}
{%- endmacro %}

{% macro snowflake__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- set kind = 'dynamic table' if relation.is_dynamic_table else relation.type -%}
  {% if add_columns %}
    {%- set added = [] -%}
    {%- for column in add_columns -%}
      {%- do added.append(adapter.quote(column.name) ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {% do run_query('alter ' ~ kind ~ ' ' ~ relation.render() ~ ' add column ' ~ (added | join(', '))) %}
  {% endif %}
  {% if remove_columns %}
    {%- set removed = [] -%}
    {%- for column in remove_columns -%}
      {%- do removed.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {% do run_query('alter ' ~ kind ~ ' ' ~ relation.render() ~ ' drop column ' ~ (removed | join(', '))) %}
  {% endif %}
{% endmacro %}

{#- Around what changes rows, so that all of it stays or none. -#}
{% macro snowflake_dml_explicit_transaction(dml) %}
  {% set text %}
    begin;
    {{ dml }};
    commit;
  {% endset %}
  {% do return(text) %}
{% endmacro %}

{% macro snowflake__truncate_relation(relation) -%}
  {% call statement('truncate_relation') -%}
    {{ snowflake_dml_explicit_transaction('truncate table ' ~ relation.render()) }}
  {%- endcall %}
{%- endmacro %}

{#- ` name = value` of a statement, where there is a value. -#}
{% macro optional(name, value, quote_char='', equals_char='= ') %}
  {%- if value is not none -%}
  {{ name }} {{ equals_char }}{{ quote_char }}{{ value }}{{ ')' if quote_char == '(' else quote_char }}
  {%- endif -%}
{% endmacro %}

{#- Tables in the format of Iceberg are another kind of table. -#}
{% macro snowflake__refuse_iceberg(relation) %}
  {%- if (config.get('table_format') or 'default') | lower == 'iceberg' -%}
    {%- do exceptions.raise_compiler_error("`table_format: iceberg` is not supported: " ~ relation ~ " would become an ordinary table. Remove it, or run this model with dbt itself.") -%}
  {%- endif -%}
{% endmacro %}
