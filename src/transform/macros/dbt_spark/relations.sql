{% macro spark__create_schema(relation) -%}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation }}
  {%- endcall -%}
{%- endmacro %}

{% macro spark__drop_schema(relation) -%}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation }} cascade
  {%- endcall -%}
{%- endmacro %}

{% macro spark__generate_database_name(custom_database_name=none, node=none) -%}
  {% do return(none) %}
{%- endmacro %}

{% macro spark__drop_relation(relation) -%}
  {% call statement('drop_relation', auto_begin=False) -%}
    drop {{ relation.type }} if exists {{ relation }}
  {%- endcall %}
{% endmacro %}

{% macro spark__rename_relation(from_relation, to_relation) -%}
  {%- if from_relation.type not in ['table', 'view'] -%}
    {%- do exceptions.raise_database_error("Cannot rename '" ~ from_relation.identifier ~ "': it is neither a table nor a view, but " ~ from_relation.type) -%}
  {%- endif -%}
  {% call statement('rename_relation') -%}
    alter {{ from_relation.type }} {{ from_relation }} rename to {{ to_relation }}
  {%- endcall %}
{% endmacro %}

{#- A view of the session has a name of one part. -#}
{% macro spark__make_temp_relation(base_relation, suffix) %}
  {%- set named = base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix}) -%}
  {% do return(named.include(database=false, schema=false)) %}
{% endmacro %}

{% macro spark__alter_column_type(relation, column_name, new_column_type) -%}
  {% call statement('alter_column_type') %}
    alter table {{ relation }} alter column {{ column_name }} type {{ new_column_type }}
  {% endcall %}
{% endmacro %}

{% macro spark__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {% if remove_columns %}
    {% set platform = 'Delta Lake' if relation.is_delta else ('Iceberg' if relation.is_iceberg else 'Apache Spark') %}
    {% do exceptions.raise_compiler_error(platform ~ ' does not support dropping columns from tables') %}
  {% endif %}
  {% set added = [] %}
  {% for column in add_columns or [] %}
    {% do added.append(column.quoted ~ ' ' ~ column.data_type) %}
  {% endfor %}
  {% if added %}
    {% do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' add columns (' ~ (added | join(', ')) ~ ')') %}
  {% endif %}
{% endmacro %}
