{#- The relation's own comment is given when it is made. -#}
{% macro spark__persist_docs(relation, model, for_relation, for_columns) -%}
  {% if for_columns and config.persist_column_docs() and model.columns %}
    {% set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
    {% do alter_column_comment(relation, validate_doc_columns(relation, model.columns, present)) %}
  {% endif %}
{%- endmacro %}

{#- Only these formats take a comment afterwards. -#}
{% macro spark__alter_column_comment(relation, column_dict) %}
  {% if config.get('file_format') in ['delta', 'hudi', 'iceberg'] %}
    {% for key, column in column_dict.items() %}
      {% set name = adapter.quote(key) if column['quote'] else key %}
      {% do run_query('alter table ' ~ relation ~ (' alter' if relation.is_iceberg else ' change') ~ ' column ' ~ name
        ~ ' comment ' ~ adapter.quote_literal(column['description'])) %}
    {% endfor %}
  {% endif %}
{% endmacro %}

{#- A view that is replaced loses its grants; of a table nobody knows. -#}
{% macro spark__copy_grants() %}
  {{ return(config.materialized != 'view') }}
{% endmacro %}

{% macro spark__get_grant_sql(relation, privilege, grantees) -%}
  grant {{ privilege }} on {{ relation }} to {{ adapter.quote(grantees[0]) }}
{%- endmacro %}

{% macro spark__get_revoke_sql(relation, privilege, grantees) -%}
  revoke {{ privilege }} on {{ relation }} from {{ adapter.quote(grantees[0]) }}
{%- endmacro %}

{% macro spark__support_multiple_grantees_per_dcl_statement() -%}
  {{ return(False) }}
{%- endmacro %}

{% macro spark__call_dcl_statements(dcl_statement_list) %}
  {% for text in dcl_statement_list %}
    {% call statement('grant_or_revoke') %}
      {{ text }}
    {% endcall %}
  {% endfor %}
{% endmacro %}
