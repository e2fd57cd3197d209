{#- Descriptions of a relation and of its columns, those of the fields of records too. -#}
{% macro bigquery__persist_docs(relation, model, for_relation, for_columns) -%}
  {% if for_relation and config.persist_relation_docs() and model.description %}
    {% do alter_relation_comment(relation, model.description) %}
  {% endif %}
  {% if for_columns and config.persist_column_docs() and model.columns %}
    {% set present = [] %}
    {% for column in adapter.get_columns_in_relation(relation) %}
      {% for field in column.flatten() %}
        {% set parts = field.name.split('.') %}
        {% for i in range(1, parts | length + 1) if parts[:i] | join('.') not in present %}
          {% do present.append(parts[:i] | join('.')) %}
        {% endfor %}
      {% endfor %}
    {% endfor %}
    {% do alter_column_comment(relation, validate_doc_columns(relation, model.columns, present)) %}
  {% endif %}
{% endmacro %}

{% macro bigquery__alter_relation_comment(relation, relation_comment) -%}
  {%- if not adapter.behavior.bigquery_noop_alter_relation_comment.no_warn -%}
    {% do adapter.update_table_description(relation.database, relation.schema, relation.identifier, relation_comment) %}
  {%- endif -%}
{% endmacro %}

{% macro bigquery__alter_column_comment(relation, column_dict) -%}
  {% do adapter.update_columns(relation, column_dict) %}
{% endmacro %}

{#- Everybody with a role on it, but who asks. -#}
{% macro bigquery__get_show_grant_sql(relation) %}
  select privilege_type, grantee
  from `{{ relation.database }}`.`region-{{ adapter.get_dataset_location(relation) | lower }}`.INFORMATION_SCHEMA.OBJECT_PRIVILEGES
  where object_schema = "{{ relation.schema }}"
    and object_name = "{{ relation.identifier }}"
    and split(grantee, ':')[offset(1)] != session_user()
{% endmacro %}

{%- macro bigquery__get_grant_sql(relation, privilege, grantees) -%}
  grant `{{ privilege }}` on {{ relation.type }} {{ relation }} to "{{ grantees | join('", "') }}"
{%- endmacro -%}

{%- macro bigquery__get_revoke_sql(relation, privilege, grantees) -%}
  revoke `{{ privilege }}` on {{ relation.type }} {{ relation }} from "{{ grantees | join('", "') }}"
{%- endmacro -%}
