{#- Rows that a run just computed are a view of the session: Spark has no temporary tables. -#}
{% macro create_temporary_view(relation, compiled_code) -%}
  {{ return(adapter.dispatch('create_temporary_view', 'dbt')(relation, compiled_code)) }}
{%- endmacro %}
{% macro spark__create_temporary_view(relation, compiled_code) -%}
  create or replace temporary view {{ relation }} as
  {{ compiled_code }}
{%- endmacro %}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language != 'sql' -%}
    {%- do exceptions.raise_compiler_error('Models in Python are run by dbt-spark on Databricks only; write this one in SQL.') -%}
  {%- elif temporary -%}
    {{ create_temporary_view(relation, compiled_code) }}
  {%- else -%}
  {%- set replaces = config.get('file_format') in ['delta', 'iceberg'] -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(compiled_code) }}
    {%- set compiled_code = get_select_subquery(compiled_code) -%}
  {%- endif %}
  create {{ 'or replace ' if replaces }}table {{ relation }}
  {{- file_format_clause() }}
  {{- options_clause() }}
  {{- tblproperties_clause() }}
  {{- partition_cols(label='partitioned by') }}
  {{- clustered_cols(label='clustered by') }}
  {{- location_clause() }}
  {{- comment_clause() }}
  as
  {{ compiled_code }}
  {%- endif -%}
{%- endmacro %}

{#- Comments of a view's columns are given when it is made. -#}
{% macro spark__create_view_as(relation, sql) -%}
  {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
  {%- endif %}
  create or replace view {{ relation }}
  {%- if config.persist_column_docs() %} (
    {{ get_persist_docs_column_list(model.columns, get_columns_in_query(sql)) }}
  )
  {%- endif %}
  {{- comment_clause() }}
  as
  {{ sql }}
{%- endmacro %}

{% macro get_persist_docs_column_list(model_columns, query_columns) %}
  {%- for name in query_columns -%}
    {{ get_column_comment_sql(name, model_columns) }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{% endmacro %}

{% macro get_column_comment_sql(column_name, column_dict) -%}
  {%- set description = column_dict[column_name]['description'] if column_name in column_dict else none -%}
  {{ adapter.quote(column_name) }}{{ ' comment ' ~ adapter.quote_literal(description) if description }}
{%- endmacro %}

{#- Delta Lake takes constraints once the table is there; elsewhere they say only what is meant. -#}
{% macro persist_constraints(relation, model) %}
  {{ return(adapter.dispatch('persist_constraints', 'dbt')(relation, model)) }}
{% endmacro %}
{% macro spark__persist_constraints(relation, model) %}
  {% if config.get('contract').enforced and config.get('file_format', 'delta') == 'delta' %}
    {% do alter_table_add_constraints(relation, model.constraints) %}
    {% do alter_column_set_constraints(relation, model.columns) %}
  {% endif %}
{% endmacro %}

{% macro alter_table_add_constraints(relation, constraints) %}
  {{ return(adapter.dispatch('alter_table_add_constraints', 'dbt')(relation, constraints)) }}
{% endmacro %}
{% macro spark__alter_table_add_constraints(relation, constraints) %}
  {% for constraint in constraints if constraint.type == 'check' and not is_incremental() %}
    {% set name = constraint.name or local_md5(';' ~ constraint.expression ~ ';' ~ loop.index) %}
    {% call statement() %}
      alter table {{ relation }} add constraint {{ name }} check ({{ constraint.expression }})
    {% endcall %}
  {% endfor %}
{% endmacro %}

{% macro alter_column_set_constraints(relation, column_dict) %}
  {{ return(adapter.dispatch('alter_column_set_constraints', 'dbt')(relation, column_dict)) }}
{% endmacro %}
{% macro spark__alter_column_set_constraints(relation, column_dict) %}
  {% for key, column in column_dict.items() %}
    {% for constraint in column['constraints'] %}
      {% if constraint.type == 'not_null' %}
        {% call statement() %}
          alter table {{ relation }} change column {{ adapter.quote(key) if column['quote'] else key }} set not null {{ constraint.expression or '' }}
        {% endcall %}
      {% else %}
        {% do exceptions.warn('Invalid constraint for column ' ~ key ~ '. Only `not_null` is supported.') %}
      {% endif %}
    {% endfor %}
  {% endfor %}
{% endmacro %}
